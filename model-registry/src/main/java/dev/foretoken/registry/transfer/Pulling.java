package dev.foretoken.registry.transfer;

import dev.foretoken.contract.ForetokenException;

/** How models are brought here. For any thread. */
public interface Pulling {

    /**
     * Looks at an order without asking anybody.
     *
     * @return the address as it may be shown: without what may be secret in it
     * @throws ForetokenException INVALID_REQUEST for a name or an address that cannot be
     */
    String check(String model, String address);

    /**
     * Makes a version of {@code model} of what is at {@code address}.
     *
     * @throws ForetokenException as {@code pull.Puller}, {@code oci.OciPull} and the import do
     */
    Arrival pull(String model, String address, PullWatch watch);
}
