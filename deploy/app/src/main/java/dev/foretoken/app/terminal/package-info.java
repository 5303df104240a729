/**
 * Owns what a person sees while a command works: a progress bar. Does not know what is being done. Entry type: {@link
 * dev.foretoken.app.terminal.ProgressBar}. One thread draws.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.terminal;
