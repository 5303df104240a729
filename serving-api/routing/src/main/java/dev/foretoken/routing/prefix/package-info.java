/**
 * Owns where prompts' blocks lie: which endpoint holds how much of a prompt, from what the endpoints tell.
 *
 * <p>Does not choose an endpoint and does not ask any. Entry type: {@link dev.foretoken.routing.prefix.PrefixDirectory}. Any thread may look;
 * one at a time tells of an endpoint.
 */
@NullMarked
package dev.foretoken.routing.prefix;

import org.jspecify.annotations.NullMarked;
