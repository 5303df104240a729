/**
 * Owns what can be set from outside and how it is spelled: flags, environment and defaults become one validated record.
 *
 * <p>Does not start anything. Entry type: {@link dev.foretoken.app.config.AppConfig}. Immutable; any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.config;
