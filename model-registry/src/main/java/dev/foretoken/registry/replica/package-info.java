/**
 * Owns what a process knows of a registry that it reaches over HTTP alone: which references are assigned to whom, what a model consists of, and
 * copies of bytes on this machine, each checked by its digest. What was fetched stays usable while the registry is away.
 *
 * <p>Changes nothing in the registry. Entry type: {@link dev.foretoken.registry.replica.RegistryReplica}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.replica;
