package dev.foretoken.nativeruntime.kernels.layout;

/**
 * What a scan reads per token.
 *
 * @param x [channels]
 * @param time [channels] or [heads]: time steps before softplus
 * @param b [groups, states]: how the input enters the state
 * @param c [groups, states]: how the state is read
 */
public record ScanInputs(TokenVectors x, TokenVectors time, TokenVectors b, TokenVectors c) {
    public void require(int tokens, int channels, int times, int maps) {
        x.require("x", tokens, channels);
        time.require("time", tokens, times);
        b.require("b", tokens, maps);
        c.require("c", tokens, maps);
    }
}
