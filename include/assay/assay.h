/* assay/assay.h: all public headers of libassay. */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#include "assay/appraise.h"
#include "assay/base.h"
#include "assay/batch.h"
#include "assay/bundle.h"
#include "assay/collateral.h"
#include "assay/evidence.h"
#include "assay/inspect.h"
#include "assay/token.h"
#include "assay/verdict.h"
#include "assay/verify.h"

#endif
