/**
 * Owns what a person sees of a command: a progress bar while it works, tables and numbers of what it found. Does not know what is being
 * done. Entry types: {@link dev.foretoken.app.terminal.ProgressBar}, {@link dev.foretoken.app.terminal.Table}. One thread draws.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.terminal;
