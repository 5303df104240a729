package dev.foretoken.registry;

/**
 * What a garbage collection did.
 *
 * @param reached blobs that stay because variants need them
 * @param young blobs that stay because of their age
 * @param removed blobs, and {@code bytes} of them
 * @param views and {@code jobs}: folders removed
 */
public record CollectReport(long reached, long young, long removed, long bytes, int views, int jobs) {}
