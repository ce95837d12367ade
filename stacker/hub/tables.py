"""The tables of the hub's memory, as SQL."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  login TEXT NOT NULL UNIQUE COLLATE NOCASE
);
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES users,
  owner_login TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL COLLATE NOCASE,
  parent INTEGER REFERENCES repositories,
  source INTEGER REFERENCES repositories,
  allow_merge INTEGER NOT NULL DEFAULT 1,
  allow_squash INTEGER NOT NULL DEFAULT 1,
  allow_rebase INTEGER NOT NULL DEFAULT 1,
  last_number INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  UNIQUE (owner_login, name)
);
CREATE TABLE collaborators (
  repository INTEGER NOT NULL REFERENCES repositories,
  user INTEGER NOT NULL REFERENCES users,
  permission TEXT NOT NULL,
  PRIMARY KEY (repository, user)
);
CREATE TABLE pulls (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories,
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT,
  author INTEGER NOT NULL REFERENCES users,
  head_repository INTEGER NOT NULL REFERENCES repositories,
  head_ref TEXT NOT NULL,
  head TEXT NOT NULL,
  base_ref TEXT NOT NULL,
  base TEXT NOT NULL,
  draft INTEGER NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 1,
  maintainer_can_modify INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  closed_at TEXT,
  merged_at TEXT,
  merged_by INTEGER REFERENCES users,
  merge_commit TEXT,
  tested_head TEXT,
  tested_base TEXT,
  test_merge TEXT,
  UNIQUE (repository, number)
);
CREATE INDEX pulls_by_head ON pulls (head_repository, is_open);
CREATE TABLE intents (
  pull INTEGER NOT NULL REFERENCES pulls,
  oid TEXT NOT NULL,
  user INTEGER NOT NULL REFERENCES users,
  PRIMARY KEY (pull, oid)
);
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  pull INTEGER NOT NULL REFERENCES pulls,
  author INTEGER NOT NULL REFERENCES users,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  oid TEXT NOT NULL,
  submitted_at TEXT NOT NULL
);
CREATE INDEX reviews_by_pull ON reviews (pull);
CREATE TABLE comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pull INTEGER NOT NULL REFERENCES pulls,
  author INTEGER NOT NULL REFERENCES users,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX comments_by_pull ON comments (pull);
CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  pull INTEGER NOT NULL REFERENCES pulls,
  name TEXT NOT NULL COLLATE NOCASE,
  UNIQUE (pull, name)
);
CREATE TABLE statuses (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories,
  oid TEXT NOT NULL,
  context TEXT NOT NULL,
  state TEXT NOT NULL,
  description TEXT,
  target_url TEXT,
  creator INTEGER NOT NULL REFERENCES users,
  created_at TEXT NOT NULL
);
CREATE INDEX statuses_by_commit ON statuses (repository, oid);
CREATE TABLE check_runs (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories,
  oid TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  conclusion TEXT,
  details_url TEXT,
  external_id TEXT,
  title TEXT,
  summary TEXT,
  creator INTEGER NOT NULL REFERENCES users,
  started_at TEXT NOT NULL,
  completed_at TEXT,
  app TEXT,
  event TEXT
);
CREATE INDEX check_runs_by_commit ON check_runs (repository, oid);
CREATE TABLE protections (
  repository INTEGER NOT NULL REFERENCES repositories,
  branch TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (repository, branch)
);
CREATE TABLE calls (
  who TEXT NOT NULL,
  hour INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (who, hour)
);
"""
FORCE_PUSHES = """
CREATE TABLE force_pushes (
  id INTEGER PRIMARY KEY,
  pull INTEGER NOT NULL REFERENCES pulls,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  created_at TEXT NOT NULL
)
"""
AUTO_MERGES = """
CREATE TABLE auto_merges (
  pull INTEGER PRIMARY KEY REFERENCES pulls,
  user INTEGER NOT NULL REFERENCES users,
  method TEXT NOT NULL,
  created_at TEXT NOT NULL
)
"""
RULESETS = """
CREATE TABLE rulesets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository INTEGER NOT NULL REFERENCES repositories,
  name TEXT NOT NULL,
  enforcement TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
)
"""
CREATIONS = """
CREATE TABLE creations (
  who TEXT NOT NULL,
  span INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (who, span, ends)
)
"""
REVIEW_COMMENTS = """
CREATE TABLE review_comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pull INTEGER NOT NULL REFERENCES pulls,
  review INTEGER NOT NULL REFERENCES reviews,
  author INTEGER NOT NULL REFERENCES users,
  body TEXT NOT NULL,
  path TEXT NOT NULL,
  side TEXT NOT NULL,
  line INTEGER NOT NULL,
  oid TEXT NOT NULL,
  hunk TEXT NOT NULL,
  reply_to INTEGER REFERENCES review_comments,
  resolved_by INTEGER REFERENCES users,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
)
"""
