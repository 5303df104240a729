/**
 * Owns bringing models here: addresses of the Hugging Face hub, of files on the web and of object storage, and which of their files are
 * worth the way. What comes lies in a staging folder, checked against every digest that is known, for an import that trusts none of it.
 *
 * <p>Does not import and does not store. Entry type: {@link dev.foretoken.registry.pull.Puller}. Called by the thread that runs a command or
 * a request; several pulls at once are fine, one per address.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.pull;
