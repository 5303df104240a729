/**
 * Owns who the tenants are, how their keys are kept, and what each may ask for in a minute and at once.
 *
 * <p>Does not read requests and does not decide who a caller is ({@code gateway.auth} does) nor who goes first (the scheduler does, by the
 * weight that comes from here). Entry types: {@link dev.foretoken.gateway.tenant.TenantFile} and {@link
 * dev.foretoken.gateway.tenant.TenantLimiter}. Any thread may call them.
 */
@NullMarked
package dev.foretoken.gateway.tenant;

import org.jspecify.annotations.NullMarked;
