-- Read by SQLite and by PostgreSQL alike. Times are milliseconds since 1970 in UTC; digests are sha256: and 64 digits.

-- One row. Every change bumps the revision first, which also makes writers wait for each other.
CREATE TABLE registry_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL,
    next_job BIGINT NOT NULL
);
INSERT INTO registry_state (id, revision, next_job) VALUES (1, 0, 1);

-- next_version outlives removed versions: a number is given once.
CREATE TABLE models (
    name VARCHAR(63) PRIMARY KEY,
    next_version INTEGER NOT NULL,
    gate TEXT
);

CREATE TABLE versions (
    model VARCHAR(63) NOT NULL REFERENCES models (name),
    version INTEGER NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (model, version)
);

-- content names the files alone: equal for the same files, imported twice.
CREATE TABLE variants (
    model VARCHAR(63) NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR(63) NOT NULL,
    manifest VARCHAR(71) NOT NULL,
    content VARCHAR(71) NOT NULL,
    config TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (model, version, name),
    FOREIGN KEY (model, version) REFERENCES versions (model, version)
);
CREATE INDEX variants_content ON variants (model, content);

-- variant is null where the serving side chooses it ("auto"): then only the version is held.
CREATE TABLE aliases (
    model VARCHAR(63) NOT NULL,
    name VARCHAR(63) NOT NULL,
    version INTEGER NOT NULL,
    variant VARCHAR(63),
    moved BIGINT NOT NULL,
    PRIMARY KEY (model, name),
    FOREIGN KEY (model, version) REFERENCES versions (model, version),
    FOREIGN KEY (model, version, variant) REFERENCES variants (model, version, name)
);

CREATE TABLE alias_moves (
    revision BIGINT PRIMARY KEY,
    model VARCHAR(63) NOT NULL,
    name VARCHAR(63) NOT NULL,
    moved BIGINT NOT NULL,
    source VARCHAR(160),
    target VARCHAR(160),
    why TEXT NOT NULL
);
CREATE INDEX alias_moves_name ON alias_moves (model, name, revision);

CREATE TABLE measurements (
    revision BIGINT PRIMARY KEY,
    model VARCHAR(63) NOT NULL,
    version INTEGER NOT NULL,
    variant VARCHAR(63) NOT NULL,
    body TEXT NOT NULL,
    FOREIGN KEY (model, version, variant) REFERENCES variants (model, version, name) ON DELETE CASCADE
);
CREATE INDEX measurements_variant ON measurements (model, version, variant, revision);

-- A variant may have several; the digest is that of the body.
CREATE TABLE signatures (
    model VARCHAR(63) NOT NULL,
    version INTEGER NOT NULL,
    variant VARCHAR(63) NOT NULL,
    digest VARCHAR(71) NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (model, version, variant, digest),
    FOREIGN KEY (model, version, variant) REFERENCES variants (model, version, name) ON DELETE CASCADE
);

CREATE TABLE jobs (
    id BIGINT PRIMARY KEY,
    model VARCHAR(63) NOT NULL,
    version INTEGER NOT NULL,
    parent VARCHAR(63) NOT NULL,
    name VARCHAR(63) NOT NULL,
    spec TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    cancel_asked INTEGER NOT NULL,
    published INTEGER NOT NULL,
    message TEXT NOT NULL,
    stage TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    created BIGINT NOT NULL,
    started BIGINT,
    ended BIGINT
);
CREATE INDEX jobs_state ON jobs (state, id);
