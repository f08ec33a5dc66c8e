// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the study file share: the least text that is a study, and one that says every key.
#pragma once

#include "core/io/study_file.h"

#include <string>

namespace dispersa::test {

/// A study that says nothing but `keys`.
inline std::string document(const std::string& keys = {})
{
    return R"({ "format": "dispersa-study", "version": 1)" + (keys.empty() ? "" : ", " + keys) + "}";
}

/// A study of one scan with nearly every key, none at its default.
inline constexpr const char* full = R"({ "format": "dispersa-study", "version": 1,
  "scans": [ { "name": "0033", "role": "train",
               "diffraction": { "path": "0033 4DSTEM.h5", "dataset": "/datacube_root/datacube/data", "scan_shape": [110, 45],
                 "order": { "swap_axes": true, "skip_first": 1, "skip_per_row": 2, "serpentine": true, "transpose": true,
                            "flip_y": true, "flip_x": true, "partial": true },
                 "signed": true },
               "maps": [ { "quantity": "O", "path": "GST - 0033-O-at.mrc", "unit": "fraction" },
                         { "quantity": "HAADF", "path": "../other/GST - 0033-HAADF.mrc", "dataset": "1", "unit": "arbitrary" } ],
               "map_from_scan": { "dy": 0.5, "dx": -1, "scale": 2 },
               "crop": { "y": 1, "x": 2, "height": 3, "width": 4 } } ],
  "calibration": { "q_pixel_invA": 0.0231, "scan_step_nm": 1.053, "convergence_mrad": 1.5 },
  "crop": { "y": 20, "x": 0, "height": 70, "width": 45 },
  "map_filter": { "kind": "bilateral", "size": 5, "sigma_color": 10, "sigma_space": 20 },
  "diffraction": { "centre": "com", "beam_mask_px": 3.5, "bin": 2, "scaling": "sqrt" },
  "targets": ["O", "Te"], "normalise": "sum",
  "split": { "kind": "blocks", "test_fraction": 0.25, "validation_fraction": 0.1, "seed": 18446744073709551615,
             "block_px": 10, "guard_px": 3 },
  "recipe": { "name": "quick", "epochs": 7, "weights": "best", "batch_size": 32, "learning_rate": 0.001, "patience": 4 },
  "model": "models/m.safetensors",
  "correction": { "kind": "none", "fit_on": "0033" }
})";

} // namespace dispersa::test
