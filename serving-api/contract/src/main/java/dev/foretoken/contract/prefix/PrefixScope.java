package dev.foretoken.contract.prefix;

/**
 * What must be equal beside the tokens before K and V may be shared.
 *
 * @param tenant from the authenticated identity; nothing is shared between tenants
 * @param salt the caller's own split
 * @param adapter tells one that was loaded from every other that ever was; empty = none
 * @param lengthLimit the sequence's token limit where the model's K depend on it, else 0
 */
public record PrefixScope(String tenant, String salt, String model, String adapter, int lengthLimit) {}
