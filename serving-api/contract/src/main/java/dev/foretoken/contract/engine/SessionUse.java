package dev.foretoken.contract.engine;

/**
 * A stream of requests over caches that a graph keeps between them. Its runs happen in the order in which the engine takes the requests.
 *
 * @param id chosen by the caller; streams of different tenants never meet
 * @param start this request begins the stream, instead of an older one of the same id
 * @param end this request is its last: the caches are given up after it
 */
public record SessionUse(long id, boolean start, boolean end) {}
