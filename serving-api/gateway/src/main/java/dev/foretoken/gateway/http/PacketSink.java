package dev.foretoken.gateway.http;

import dev.foretoken.contract.ForetokenException;

/** Where the packets of a streamed response go: bytes that whoever takes them too slowly makes others wait for. Any thread may write. */
interface PacketSink {

    /** Whether {@link #write} would not wait. */
    boolean hasRoom();

    /**
     * Sends a packet once there is room for it.
     *
     * @throws ForetokenException CANCELLED when the reader has left or takes nothing for too long
     */
    void write(byte[] packet) throws InterruptedException;

    /**
     * Sends a packet without waiting, whatever is unsent: for those who asked {@link #hasRoom} before.
     *
     * @throws ForetokenException CANCELLED when the reader has left
     */
    void writeNow(byte[] packet);
}
