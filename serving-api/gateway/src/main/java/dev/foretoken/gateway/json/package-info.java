/**
 * Owns JSON as bytes: strict reading of request bodies into checked fields, and writing without trees or reflection.
 *
 * <p>Does not know what the fields mean. Entry types: {@link dev.foretoken.gateway.json.JsonBody} to read,
 * {@link dev.foretoken.gateway.json.JsonWriter} to write. Instances belong to one thread.
 */
@NullMarked
package dev.foretoken.gateway.json;

import org.jspecify.annotations.NullMarked;
