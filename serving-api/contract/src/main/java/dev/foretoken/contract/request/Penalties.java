package dev.foretoken.contract.request;

/**
 * How tokens that were seen before lose logits, applied before temperature.
 *
 * @param presence subtracted once from every token generated so far (OpenAI)
 * @param frequency subtracted once per earlier generation of the token (OpenAI)
 * @param repetition divides positive and multiplies negative logits of prompt and generated tokens (CTRL, Keskar 2019); 1 = off
 */
public record Penalties(float presence, float frequency, float repetition) {
    public static final Penalties NONE = new Penalties(0f, 0f, 1f);

    public boolean isNone() {
        return presence == 0f && frequency == 0f && repetition == 1f;
    }
}
