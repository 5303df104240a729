package dev.foretoken.registry.oci;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteJson;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Shown;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests to one repository, with the authorization that the registry asks for. Credentials go to the registry's own host, and to the token
 * service that it names, which must be an allowed host; what it redirects to gets none. For any thread.
 */
final class OciSession {

    private static final Pattern PARAMETER = Pattern.compile("([a-z]+)=\"([^\"]*)\"");
    private static final int MAX_TOKEN = 1 << 20;
    /** How often in a row an authorization may have expired before the registry is taken to refuse us. */
    static final int MOST_RENEWALS = 4;

    private final RemoteHttp http;
    private final OciReference place;
    private final OciCredentials credentials;
    private final String actions;
    private volatile Optional<String> authorization = Optional.empty();

    /** {@code actions}: {@code pull} or {@code pull,push}. */
    OciSession(RemoteHttp http, OciReference place, OciCredentials credentials, String actions) {
        this.http = http;
        this.place = place;
        this.credentials = credentials;
        this.actions = actions;
    }

    RemoteHttp http() {
        return http;
    }

    OciReference place() {
        return place;
    }

    /** The answer, whatever its status, to be closed by the caller; asked for authorization, it is given and the request repeated. */
    Answer send(RemoteRequest request) {
        for (int renewals = 0; renewals <= MOST_RENEWALS; renewals++) {
            Optional<String> used = authorization;
            Answer answer = http.send(authorized(request, used));
            Optional<String> challenge = answer.header("www-authenticate");
            if (answer.status() != 401 || challenge.isEmpty() || !isRegistry(answer.from())) {
                return answer;
            }
            answer.close();
            renew(challenge.get(), used);
        }
        throw denied();
    }

    /** The same, but sent once: for what must not be repeated blindly. */
    Answer sendOnce(RemoteRequest request) throws IOException {
        return http.follow(authorized(request, authorization));
    }

    /** The request for somebody who does not negotiate: tokens live for minutes, so the registry is asked whether this one still counts. */
    RemoteRequest renewed(RemoteRequest request) {
        send(RemoteRequest.of("HEAD", request.uri())).close();
        return authorized(request, authorization);
    }

    private RemoteRequest authorized(RemoteRequest request, Optional<String> by) {
        return request.authorized(uri -> isRegistry(uri) ? by : Optional.empty());
    }

    /** Gets another authorization than the one that was not enough, unless somebody else has got one meanwhile. */
    private synchronized void renew(String challenge, Optional<String> used) {
        if (!authorization.equals(used)) {
            return;
        }
        Optional<String> better = challenge.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of("Bearer " + token(challenge))
                : credentials.basic(place);
        if (better.isEmpty() || better.equals(used)) {
            throw denied();
        }
        authorization = better;
    }

    private String token(String challenge) {
        String realm = parameter(challenge, "realm");
        String scope = "repository:" + place.repository() + ":" + actions;
        String query = "service=" + encoded(parameter(challenge, "service")) + "&scope=" + encoded(scope);
        URI uri = uri(realm + (realm.contains("?") ? "&" : "?") + query);
        RemoteRequest request = RemoteRequest.get(uri)
                .authorized(target -> isSameOrigin(target, uri) ? credentials.basic(place) : Optional.empty());
        try (Answer answer = http.send(request)) {
            if (answer.status() == 401 || answer.status() == 403) {
                throw denied();
            }
            if (answer.status() != 200) {
                throw answer.failure();
            }
            JsonNode json = RemoteJson.object("the token service's answer", answer.bytes(MAX_TOKEN));
            String token = json.path("token").asText(json.path("access_token").asText(""));
            if (!token.matches("[\\x21-\\x7e]+")) {
                throw new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, Shown.of(uri) + " gives no token");
            }
            return token;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, Shown.of(uri) + " broke off", e);
        }
    }

    private ForetokenException denied() {
        return new ForetokenException(
                ErrorCode.PERMISSION_DENIED,
                "%s refuses %s of %s; give credentials by FORETOKEN_OCI_HOST, _USERNAME and _PASSWORD, or by Docker's config.json"
                        .formatted(place.host(), actions, place.repository()));
    }

    private boolean isRegistry(URI uri) {
        return isSameOrigin(uri, place.uri(""));
    }

    private static boolean isSameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && one.getPort() == other.getPort();
    }

    private static String parameter(String challenge, String name) {
        Matcher matcher = PARAMETER.matcher(challenge);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return matcher.group(2);
            }
        }
        return "";
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, "the registry names no usable token service", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
