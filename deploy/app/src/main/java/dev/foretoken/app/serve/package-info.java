/**
 * Owns the server process: the beans its HTTP routes need, the parts its role has, their start, and their end in the right order.
 *
 * <p>Does not parse options and answers no request itself. Entry type: {@link dev.foretoken.app.serve.ServeApplication}. The main thread
 * starts and stops; requests run on threads of their own.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.serve;
