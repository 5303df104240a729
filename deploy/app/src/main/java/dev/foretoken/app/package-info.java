/**
 * Owns the process: reads the command line, makes the objects of the chosen role, starts them, waits. Contains no logic of its own beyond
 * that. Entry type: {@link dev.foretoken.app.Foretoken}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app;
