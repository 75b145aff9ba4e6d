/* fuzz_quote.c: any bytes as a quote. What is read lies inside the input and adds up. */
#include <stdlib.h>

#include "assay/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(int condition)
{
    if (!condition)
        abort();
}

static void hold_inside(assay_span whole, assay_span part)
{
    hold(part.data >= whole.data);
    hold(part.size <= whole.size);
    hold((size_t)(part.data - whole.data) <= whole.size - part.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    assay_quote quote;
    assay_error error = { 0 };
    const assay_status status = assay_quote_parse((assay_span) { data, size }, &quote, &error);
    if (status != ASSAY_OK) {
        hold(error.status == status && error.qvl != 0 && error.code != 0);
        hold(error.where[0] != '\0' && error.detail[0] != '\0');
        hold(error.offset >= 0 && (size_t)error.offset <= size);
        return 0;
    }
    const assay_span parts[] = { quote.header,
                                 quote.body,
                                 quote.signed_part,
                                 quote.signature,
                                 quote.attestation_key,
                                 quote.qe_report,
                                 quote.qe_auth_data,
                                 quote.qe_report_signature,
                                 quote.certification_data };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        hold_inside(quote.bytes, parts[i]);
    hold(quote.bytes.data == data && quote.signed_part.data == data);
    hold(quote.bytes.size + quote.trailing.size == size);
    hold(quote.body.size == quote.body_layout->size);
    hold(quote.header.size == quote.header_layout->size);
    hold(quote.body.data + quote.body.size == quote.signed_part.data + quote.signed_part.size);
    hold(quote.certification_data.data + quote.certification_data.size ==
         quote.bytes.data + quote.bytes.size);
    hold(quote.signature.size == 64 && quote.attestation_key.size == 64);
    hold(quote.certification_type >= 1 && quote.certification_type <= 5);
    return 0;
}
