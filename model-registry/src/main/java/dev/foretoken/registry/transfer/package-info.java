/**
 * Owns making versions of what is elsewhere: a model is brought here, by whatever protocol its address names, and imported as somebody
 * else's; one after the other where operators ask for several.
 *
 * <p>Does not speak the protocols ({@code pull} and {@code oci} do) and keeps nothing beyond the process: a pull that is asked for again goes
 * on where it broke off. Entry types: {@link dev.foretoken.registry.transfer.ModelPull} and {@link
 * dev.foretoken.registry.transfer.PullQueue}. Any thread may call it; the queue has one thread of its own while there is something to pull.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.transfer;
