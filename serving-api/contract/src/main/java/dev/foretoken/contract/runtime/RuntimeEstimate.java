package dev.foretoken.contract.runtime;

/**
 * What a variant will take of memory, told before any of its weights is read.
 *
 * @param weightBytes weights in the encoding they will have; what open models of this process hold of them already is not counted
 * @param workBytes work space
 * @param shape as the opened variant will tell it, without a numerics id
 * @param capabilities as the opened variant will tell them
 */
public record RuntimeEstimate(long weightBytes, long workBytes, ModelShape shape, Capabilities capabilities) {

    /** What {@link ModelRuntime#residentBytes} will be. */
    public long residentBytes() {
        return weightBytes + workBytes;
    }
}
