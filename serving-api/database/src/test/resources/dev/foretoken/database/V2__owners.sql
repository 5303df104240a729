CREATE TABLE owners (
    thing VARCHAR(63) NOT NULL REFERENCES things (name)
);
