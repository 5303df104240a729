/**
 * Owns the command line: its options, help texts and exit codes. Does not build servers or engines. Entry type: {@link
 * dev.foretoken.app.command.RootCommand}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.command;
