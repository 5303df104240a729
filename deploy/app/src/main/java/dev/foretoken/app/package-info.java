/** Owns the one process: configuration to objects to start to await. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app;
