// SPDX-License-Identifier: GPL-3.0-or-later
// A box with a title around one widget.
#pragma once

#include <QGroupBox>
#include <QVBoxLayout>

namespace dispersa {

inline QGroupBox* group(const QString& title, QWidget* content)
{
    auto* box = new QGroupBox(title);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(8, 4, 8, 6);
    layout->addWidget(content);
    return box;
}

} // namespace dispersa
