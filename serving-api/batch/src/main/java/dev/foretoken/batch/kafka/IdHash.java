package dev.foretoken.batch.kafka;

/** 128 bits that stand for an id. */
record IdHash(long high, long low) {}
