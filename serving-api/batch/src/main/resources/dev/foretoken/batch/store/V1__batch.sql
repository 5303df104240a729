-- Read by SQLite and by PostgreSQL alike. Times are milliseconds since 1970.

-- One row: its lock is the writers' lock, its number the next of a file or a job.
CREATE TABLE batch_state (
    id INTEGER PRIMARY KEY,
    next_number BIGINT NOT NULL
);
INSERT INTO batch_state (id, next_number) VALUES (1, 1);

-- Files that are whole; their bytes lie in a folder, under their ids.
CREATE TABLE batch_files (
    id VARCHAR(64) PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    tenant VARCHAR(64) NOT NULL,
    purpose VARCHAR(32) NOT NULL,
    name VARCHAR(255) NOT NULL,
    bytes BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT
);
CREATE INDEX batch_files_of_tenants ON batch_files (tenant, number);
CREATE INDEX batch_files_that_expire ON batch_files (expires);

-- Jobs. A lease says who works on one; its attempt, which only grows, keeps one who has lost it from writing.
CREATE TABLE batch_jobs (
    id VARCHAR(64) PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    tenant VARCHAR(64) NOT NULL,
    input_file VARCHAR(64) NOT NULL,
    endpoint VARCHAR(64) NOT NULL,
    completion_window VARCHAR(16) NOT NULL,
    metadata TEXT NOT NULL,
    output_seconds BIGINT,
    state VARCHAR(16) NOT NULL,
    model VARCHAR(512),
    total INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    errors TEXT NOT NULL,
    output_file VARCHAR(64),
    error_file VARCHAR(64),
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    in_progress_at BIGINT,
    finalizing_at BIGINT,
    completed_at BIGINT,
    failed_at BIGINT,
    expired_at BIGINT,
    cancelling_at BIGINT,
    cancelled_at BIGINT,
    owner VARCHAR(64) NOT NULL,
    attempt INTEGER NOT NULL,
    lease_until BIGINT NOT NULL
);
CREATE INDEX batch_jobs_of_tenants ON batch_jobs (tenant, number);
CREATE INDEX batch_jobs_by_state ON batch_jobs (state, number);
CREATE INDEX batch_jobs_by_input ON batch_jobs (input_file);
