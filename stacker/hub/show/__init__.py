"""The hub's JSON objects, complete as GitHub's own description of API version 2022-11-28."""
