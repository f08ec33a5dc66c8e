// SPDX-License-Identifier: GPL-3.0-or-later
// Every format there is, in the order files are tried against them.
#include "core/io/format.h"

#include "core/io/berkeley_emd_format.h"
#include "core/io/blo_format.h"
#include "core/io/csv_format.h"
#include "core/io/dectris_format.h"
#include "core/io/dm_format.h"
#include "core/io/emd_format.h"
#include "core/io/empad_format.h"
#include "core/io/generic_hdf5_format.h"
#include "core/io/hspy_format.h"
#include "core/io/mib_format.h"
#include "core/io/mrc_format.h"
#include "core/io/nexus_format.h"
#include "core/io/npy_format.h"
#include "core/io/prismatic_format.h"
#include "core/io/py4dstem_legacy_format.h"
#include "core/io/tiff_format.h"
#include "core/io/velox_format.h"

#include <array>

namespace dispersa {

std::span<const Format* const> formats()
{
    // Strong signatures first; the dialects of HDF5 before HDF5 itself; MRC last, because old MRC files carry none.
    static const auto all = std::to_array<const Format*>({
        &dectrisFormat(),
        &veloxFormat(),
        &prismaticFormat(),
        &emdFormat(),
        &py4dstemLegacyFormat(),
        &hspyFormat(),
        &nexusFormat(),
        &berkeleyEmdFormat(),
        &genericHdf5Format(),
        &tiffFormat(),
        &dmFormat(),
        &bloFormat(),
        &mibFormat(),
        &npyFormat(),
        &empadFormat(),
        &csvFormat(),
        &mrcFormat(),
    });
    return all;
}

} // namespace dispersa
