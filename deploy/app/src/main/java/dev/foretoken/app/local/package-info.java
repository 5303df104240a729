/**
 * Owns answers without a server: one model in this process, asked by the commands that print to a terminal.
 *
 * <p>Does not listen anywhere. Entry type: {@link dev.foretoken.app.local.LocalModel}. The main thread calls it; Ctrl-C may cancel from
 * another.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.local;
