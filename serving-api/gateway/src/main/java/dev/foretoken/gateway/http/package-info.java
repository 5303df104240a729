/**
 * Owns HTTP: the routes, the filter in front of all of them, statuses, server-sent events, connections that close.
 *
 * <p>Does not know what bodies mean ({@code openai} does) or how answers are made ({@code answer} does). Entry type:
 * {@link dev.foretoken.gateway.http.Exchange}; the resources next to it are found by Quarkus. The filter runs on event loops and never
 * blocks; every resource runs on a virtual thread of its own and blocks as it likes.
 */
@NullMarked
package dev.foretoken.gateway.http;

import org.jspecify.annotations.NullMarked;
