package org.slotwarden.storagewatch.dcache;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.SecretFile;
import org.slotwarden.storagewatch.http.Trust;

/**
 * Where a dCache is, and as whom it is asked.
 *
 * @param url of the frontend; null: only the public pages are looked at
 * @param user for HTTP basic; null: no password is used
 * @param password null: none
 * @param token a bearer token; null: none
 * @param role asked for in the header {@code Roles}; empty: none is asked for
 * @param trust whom to believe, and the client's own certificate
 * @param publicUrl of the old httpd; null: there is none
 * @param timeout for one answer
 * @param lookLimit after which no further pool is asked in one look
 */
public record Access(
        @Nullable URI url,
        @Nullable String user,
        @Nullable SecretFile password,
        @Nullable SecretFile token,
        String role,
        Trust trust,
        @Nullable URI publicUrl,
        Duration timeout,
        Duration lookLimit) {}
