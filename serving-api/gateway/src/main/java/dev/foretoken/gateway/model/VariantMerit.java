package dev.foretoken.gateway.model;

/**
 * What was measured of a variant, by the questions and texts that the version's imported variant was measured with.
 *
 * @param device class of device that it was measured on: speeds of different ones cannot be compared
 * @param retention right answers of the variant (lower end of its interval) by those of the imported one; NaN where that knows none
 * @param prefillTokensPerSecond of one sequence
 * @param decodeTokensPerSecond of one sequence
 */
public record VariantMerit(
        String device, double retention, double prefillTokensPerSecond, double decodeTokensPerSecond) {

    /** Whether a prompt token and a generated one together take less time than in the other. */
    public boolean isCheaperThan(VariantMerit other) {
        return device.equals(other.device) && secondsPerToken() < other.secondsPerToken();
    }

    private double secondsPerToken() {
        return 1 / prefillTokensPerSecond + 1 / decodeTokensPerSecond;
    }
}
