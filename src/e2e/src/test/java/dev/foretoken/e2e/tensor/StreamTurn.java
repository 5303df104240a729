package dev.foretoken.e2e.tensor;

/**
 * The place of a request in a stream.
 *
 * @param id of the stream
 */
record StreamTurn(long id, boolean first, boolean last) {}
