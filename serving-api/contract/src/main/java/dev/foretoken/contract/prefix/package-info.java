/**
 * Owns the names of prompts' blocks: keys that a gateway and the pods behind it compute alike, so that each can say which prefixes it holds
 * without saying what they are.
 *
 * <p>Does not decide what is held. Entry type: {@link dev.foretoken.contract.prefix.TokenChain}. Hashers and chains belong to one thread
 * at a time; everything else is immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.prefix;
