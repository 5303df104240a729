package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.Proportion;

/** Measured numbers for people. */
final class Measures {

    private static final double HUNDRED = 100;

    private Measures() {}

    static String quality(Measurement measured) {
        Measurement.Quality quality = measured.quality();
        return "perplexity " + perplexity(measured) + ", KL " + divergence(measured) + " nats, top-1 "
                + Figures.percent(quality.topAgreement()) + " of " + measured.reference() + ", answers "
                + answers(measured);
    }

    static String speed(Measurement measured) {
        return "prefill " + rate(measured, measured.speed().prefillTokensPerSecond()) + " tokens/s (first token of "
                + measured.speed().promptTokens() + " after " + firstToken(measured) + "), decode "
                + rate(measured, measured.speed().decodeTokensPerSecond()) + " tokens/s";
    }

    /** With {@code <} where the machine had other work, so that the truth is lower. */
    static String firstToken(Measurement measured) {
        return (measured.speed().quiet() ? "" : "<")
                + Figures.number(measured.speed().firstTokenMillis(), 1) + " ms";
    }

    static String perplexity(Measurement measured) {
        return Figures.number(measured.quality().perplexity(), 4);
    }

    static String divergence(Measurement measured) {
        return Figures.number(measured.quality().klDivergence(), 5);
    }

    /** The share with its interval: {@code 83.1 % [79.0, 86.6]}. */
    static String answers(Measurement measured) {
        Proportion answers = measured.quality().answers();
        if (answers.trials() == 0) {
            return "-";
        }
        return Figures.percent(answers.value()) + " [" + Figures.number(answers.low() * HUNDRED, 1) + ", "
                + Figures.number(answers.high() * HUNDRED, 1) + "]";
    }

    /** With {@code >} where the machine had other work, so that the truth is higher. */
    static String rate(Measurement measured, double tokensPerSecond) {
        return (measured.speed().quiet() ? "" : ">") + Figures.number(tokensPerSecond, tokensPerSecond < 100 ? 1 : 0);
    }
}
