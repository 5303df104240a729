package dev.foretoken.gateway.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.decision.RoutePage;
import dev.foretoken.routing.policy.CandidateFeatures;
import java.util.HexFormat;
import java.util.Locale;

/** Writes decisions as operators and files have them: every number that the policy saw, exactly. {@link RouteJsonReader} reads them. */
public final class RouteJson {

    private RouteJson() {}

    public static ObjectNode page(RoutePage page) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode all = json.putArray("decisions");
        page.decisions().forEach(decision -> all.add(decision(decision)));
        json.put("complete", page.complete());
        json.put("revision", page.revision());
        return json;
    }

    public static ObjectNode decision(RouteDecision decision) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", decision.id());
        json.put("at", decision.at().toString());
        json.put("model", decision.model());
        json.put("tenant", decision.tenant());
        json.put("cause", decision.cause().name().toLowerCase(Locale.ROOT));
        json.put("policy", decision.policy());
        json.put("outcome", decision.outcome().name().toLowerCase(Locale.ROOT));
        decision.refusal().ifPresent(why -> json.put("reason", why.name()));
        decision.endpoint().ifPresent(endpoint -> json.put("endpoint", endpoint));
        json.put("draw", HexFormat.of().toHexDigits(decision.draw())); // more digits than a JSON number keeps
        json.put("prompt_tokens", decision.promptTokens());
        json.put("chosen", decision.chosen());
        ArrayNode candidates = json.putArray("candidates");
        decision.candidates().forEach(candidate -> write(candidate, candidates.addObject()));
        return json;
    }

    private static void write(RouteDecision.Candidate candidate, ObjectNode json) {
        json.put("endpoint", candidate.endpoint());
        candidate.whyNot().ifPresent(why -> json.put("why_not", why.name().toLowerCase(Locale.ROOT)));
        if (Double.isFinite(candidate.score())) {
            json.put("score", candidate.score());
        }
        write(candidate.seen(), json.putObject("features"));
    }

    private static void write(CandidateFeatures seen, ObjectNode json) {
        json.put("standing", seen.standing().name().toLowerCase(Locale.ROOT));
        json.put("fresh", seen.fresh());
        json.put("sequences", seen.sequences());
        json.put("in_flight", seen.inFlight());
        json.put("queued_tokens", seen.queuedTokens());
        json.put("sent_tokens", seen.sentTokens());
        json.put("ahead_nanos", seen.aheadNanos());
        json.put("cached_tokens", seen.cachedTokens());
        json.put("cache_usage", seen.cacheUsage());
        PrefillCost cost = seen.cost();
        if (cost.isMeasured()) {
            ObjectNode own = json.putObject("cost");
            own.put("nanos_per_token", cost.nanosPerToken());
            own.put("nanos_per_pair", cost.nanosPerPair());
            own.put("nanos_per_step", cost.nanosPerStep());
            own.put("tokens_per_step", cost.tokensPerStep());
        }
        json.put("last_turn", seen.lastTurn());
        json.put("slowness", seen.slowness());
    }
}
