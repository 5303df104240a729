package dev.foretoken.contract.prefix;

/** 128 bits that stand for a block of tokens and everything before it, within one {@link PrefixScope}. */
public record PrefixKey(long high, long low) {}
