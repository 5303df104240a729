package dev.foretoken.bench.serve;

/** What is wrong with a request that is sent malformed on purpose; a server should answer each with a 4xx status. */
enum Mistake {
    NOT_JSON,
    UNKNOWN_MODEL,
    NO_PROMPT,
    WRONG_TYPE,
    OUT_OF_RANGE,
    ;
}
