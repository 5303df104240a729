package dev.foretoken.nativeruntime.plan;

/** Which elements of a head turn together. */
public enum RotaryPairing {
    /** Element i with element i + dims/2, as Hugging Face transformers stores most models. */
    HALVES,
    /** Element 2i with element 2i + 1 (Su 2021). */
    NEIGHBOURS,
}
