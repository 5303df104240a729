/**
 * Owns what goes out to other machines over HTTP: which hosts may be asked, which addresses they may have, redirects, limits, patience, and
 * downloads that resume.
 *
 * <p>Does not know whose protocol it carries and holds no credentials. Entry type: {@link dev.foretoken.registry.remote.RemoteHttp}. Called
 * by the threads that pull and push, several at once.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.remote;
