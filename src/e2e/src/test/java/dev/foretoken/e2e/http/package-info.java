/**
 * Owns plain HTTP with JSON bodies and server-sent events, for what the ready-made clients cannot show (headers, exact numbers, broken
 * requests). Does not know servers or tests. Entry type: {@link dev.foretoken.e2e.http.HttpApi}. Any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.http;
