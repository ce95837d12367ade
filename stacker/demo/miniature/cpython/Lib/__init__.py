"""The library. (A package here, so that it never shadows the interpreter that runs it.)"""
