-- Read by SQLite and by PostgreSQL alike.

-- The name that the folder of the files has in itself; '' before it was first seen.
ALTER TABLE batch_state ADD COLUMN folder VARCHAR(64) NOT NULL DEFAULT '';

-- Tokens of all answers of a job; NULL before it is over.
ALTER TABLE batch_jobs ADD COLUMN input_tokens BIGINT;
ALTER TABLE batch_jobs ADD COLUMN cached_tokens BIGINT;
ALTER TABLE batch_jobs ADD COLUMN output_tokens BIGINT;
ALTER TABLE batch_jobs ADD COLUMN reasoning_tokens BIGINT;
