package dev.foretoken.app.mount;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.measure.Measurement;

/** What {@code /v1/models} tells of a variant beside its state. */
final class VariantFacts {

    private VariantFacts() {}

    static String json(Target target) {
        VariantDetail variant = target.variant();
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        facts.put("reference", variant.ref().toString());
        facts.put("digest", variant.manifest().toString());
        facts.put("kind", variant.config().kind().text());
        facts.put("format", variant.config().format().text());
        facts.put("stored_bytes", variant.bytes());
        variant.measurement().ifPresent(measured -> add(measured, facts.putObject("measured")));
        variant.verdict().ifPresent(verdict -> {
            facts.put("passes_gate", verdict.passes());
            if (!verdict.passes()) {
                facts.put("gate", verdict.sentence());
            }
        });
        target.choice().ifPresent(choice -> {
            ObjectNode auto = facts.putObject("auto");
            auto.put("because", choice.because());
            ObjectNode others = auto.putObject("passed_over");
            choice.passedOver().forEach(others::put);
        });
        return facts.toString();
    }

    private static void add(Measurement measured, ObjectNode facts) {
        facts.put("perplexity", measured.quality().perplexity());
        facts.put("kl_divergence", measured.quality().klDivergence());
        facts.put("top1_agreement", measured.quality().topAgreement());
        facts.put("qa_right", measured.quality().answers().successes());
        facts.put("qa_asked", measured.quality().answers().trials());
        facts.put("resident_bytes", measured.footprint().residentBytes());
        facts.put("kv_bytes_per_token", measured.footprint().kvBytesPerToken());
        facts.put("prefill_tokens_per_second", measured.speed().prefillTokensPerSecond());
        facts.put("decode_tokens_per_second", measured.speed().decodeTokensPerSecond());
        facts.put("device", measured.device());
    }
}
