-- Read by SQLite and by PostgreSQL alike.

-- What groups of runtime pods serve, in the order that operators gave; a reference is kept as it was written, so that an alias is followed.
CREATE TABLE assignments (
    pod_group VARCHAR(63) NOT NULL,
    position INTEGER NOT NULL,
    reference VARCHAR(160) NOT NULL,
    PRIMARY KEY (pod_group, position)
);
